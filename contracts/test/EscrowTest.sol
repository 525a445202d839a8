// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IEscrow} from "../src/IEscrow.sol";
import {Test} from "./Test.sol";
import {Trees} from "./Trees.sol";

/// A job, its parties and their signatures, for the tests of one function each.
abstract contract EscrowTest is Test {
    using Trees for Trees.Tree;

    uint256 internal constant SETTLER_KEY = 0xA11CE;
    uint256 internal constant START = 1_800_000_000;
    uint88 internal constant BUDGET = 10 ether;
    uint88 internal constant BOND = 1 ether;

    IEscrow internal escrow;
    address internal settler;
    address internal publisher = address(0xB0B);
    address internal stranger = address(0x57A);

    function setUp() public virtual {
        vm.warp(START);
        escrow = deployEscrow();
        settler = vm.addr(SETTLER_KEY);
        vm.deal(publisher, 100 ether);
    }

    function opening() internal view returns (IEscrow.Opening memory) {
        return IEscrow.Opening({
            salt: "salt", token: address(0), budget: BUDGET, bond: BOND, settler: settler, manifest: "manifest"
        });
    }

    function plainTerms() internal view returns (IEscrow.Terms memory terms) {
        terms.expiry = uint64(block.timestamp + 30 days);
        terms.postDelay = 1 hours;
        terms.challengeDelay = 1 days;
        terms.closeDelay = 2 days;
        terms.quorumBps = 6_700;
        terms.minSigners = 3;
        terms.forceDelay = 1 days;
    }

    function openJob() internal returns (bytes32) {
        return openJob(opening(), plainTerms());
    }

    function openJob(IEscrow.Opening memory opened, IEscrow.Terms memory terms) internal returns (bytes32) {
        vm.prank(publisher);
        return escrow.open{value: uint256(opened.budget) + opened.bond}(opened, terms, "contact");
    }

    /// `amounts.length` leaves for the accounts 0x1001, 0x1002 and so on.
    function leavesOf(uint88[] memory amounts) internal pure returns (IEscrow.Leaf[] memory leaves) {
        leaves = new IEscrow.Leaf[](amounts.length);
        for (uint32 i = 0; i < amounts.length; ++i) {
            leaves[i] = IEscrow.Leaf({account: payee(i), amount: amounts[i], earned: amounts[i], index: i});
        }
    }

    function payee(uint256 index) internal pure returns (address) {
        return address(uint160(0x1001 + index));
    }

    /// A tree of one leaf.
    function leafOf(uint88 amount) internal pure returns (IEscrow.Leaf memory) {
        uint88[] memory amounts = new uint88[](1);
        amounts[0] = amount;
        return leavesOf(amounts)[0];
    }

    function statementOf(bytes32 jobId, uint88 total) internal pure returns (IEscrow.Statement memory statement) {
        statement.jobId = jobId;
        statement.seq = 1;
        statement.total = total;
        statement.units = 7;
        statement.root = Trees.hash(leafOf(total));
        statement.dataHash = "data";
    }

    function statementOf(bytes32 jobId, Trees.Tree memory tree) internal pure returns (IEscrow.Statement memory) {
        IEscrow.Statement memory statement = statementOf(jobId, tree.total());
        (statement.root, statement.depth) = (tree.root(), tree.depth);
        return statement;
    }

    function sign(IEscrow.Statement memory statement) internal view returns (bytes memory) {
        return signAs(SETTLER_KEY, statement);
    }

    function signAs(uint256 key, IEscrow.Statement memory statement) internal view returns (bytes memory) {
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(key, escrow.hashStatement(statement));
        return abi.encodePacked(r, s, v);
    }

    /// Posts as a stranger.
    function post(IEscrow.Statement memory statement) internal {
        bytes memory signature = sign(statement);
        vm.prank(stranger);
        escrow.post(statement, signature);
    }

    function refusePost(IEscrow.Statement memory statement, bytes memory reason) internal {
        bytes memory signature = sign(statement);
        vm.expectRevert(reason);
        escrow.post(statement, signature);
    }
}
