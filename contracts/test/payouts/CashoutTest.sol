// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {EscrowTest} from "../EscrowTest.sol";
import {IEscrow} from "../../src/IEscrow.sol";
import {Signing} from "../Signing.sol";
import {Trees} from "../Trees.sol";

/// A job with one final epoch of several leaves, and orders to pay them out.
abstract contract CashoutTest is EscrowTest {
    using Trees for Trees.Tree;

    address internal relayer = address(0x4E1A);
    address internal target = address(0x7A46);
    bytes32 internal jobId;
    Leaf[] private _leaves;

    /// Payee 0 has leaves of 1 and 2 ether, payee 1 one of 3 ether.
    function setUp() public override {
        super.setUp();
        jobId = openJob();
        _leaves.push(Leaf(payee(0), 1 ether, 1 ether, 0));
        _leaves.push(Leaf(payee(0), 2 ether, 3 ether, 1));
        _leaves.push(Leaf(payee(1), 3 ether, 3 ether, 2));
        postLeaves(jobId);
    }

    function postLeaves(bytes32 ofJob) internal {
        post(statementOf(ofJob, Trees.build(_leaves)));
        vm.warp(block.timestamp + 1 hours);
    }

    function leafAt(uint256 index) internal view returns (ProvenLeaf memory) {
        return ProvenLeaf(jobId, 0, _leaves[index], Trees.build(_leaves).proof(index));
    }

    function orderOf(uint256 index) internal view returns (Cashout memory order) {
        (order.account, order.to) = (payee(index), target);
        (order.maxFee, order.minOut) = (0.1 ether, 2.9 ether);
        (order.nonce, order.deadline) = (7, block.timestamp + 1 days);
    }

    /// The order of a payee with all its leaves, signed, at the highest fee.
    function callOf(uint256 index) internal view returns (CashoutCall memory call) {
        call = signed(orderOf(index), payeeKey(index));
        call.fee = 0.1 ether;
        call.leaves = new ProvenLeaf[](index == 0 ? 2 : 1);
        call.leaves[0] = leafAt(index == 0 ? 0 : 2);
        if (index == 0) call.leaves[1] = leafAt(1);
    }

    function signed(Cashout memory order, uint256 key) internal view returns (CashoutCall memory call) {
        (call.cashout, call.signature) = (order, sign(key, Signing.hash(order)));
    }

    function cashout(CashoutCall memory call) internal {
        vm.prank(relayer);
        escrow.cashout(call);
    }
}
