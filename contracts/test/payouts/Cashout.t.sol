// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Refuser, Wallet} from "../Accounts.sol";
import {CashoutTest} from "./CashoutTest.sol";
import {IEscrow} from "../../src/IEscrow.sol";
import {Reader} from "../Reader.sol";
import {Signing} from "../Signing.sol";
import {Trees} from "../Trees.sol";

contract CashoutOneTest is CashoutTest {
    using Reader for IEscrow;

    function test_an_order_pays_all_leaves_to_the_address_it_names_and_the_fee_to_the_relayer() public {
        vm.expectEmit(address(escrow));
        emit CashedOut(payee(0), target, address(0), 2.9 ether, 0.1 ether, 7);
        cashout(callOf(0));
        assertEq(target.balance, 2.9 ether, "target");
        assertEq(relayer.balance, 0.1 ether, "relayer");
        assertEq(payee(0).balance, 0, "nothing goes to the account");
        assertTrue(escrow.isClaimed(jobId, 0, 0) && escrow.isClaimed(jobId, 0, 1), "both leaves are spent");
        assertTrue(escrow.isNonceUsed(payee(0), 7) && !escrow.isNonceUsed(payee(0), 6), "and the nonce");
    }

    function test_credit_is_paid_with_the_leaves() public {
        Refuser refuser = new Refuser();
        vm.etch(payee(0), address(refuser).code);
        escrow.claimMany(listOf(leafAt(0)));
        vm.etch(payee(0), "");
        assertEq(escrow.credit(address(0), payee(0)), 1 ether, "credit");
        cashout(callOf(0));
        assertEq(target.balance + relayer.balance, 3 ether, "the credit and the other leaf");
        assertEq(escrow.credit(address(0), payee(0)), 0, "no credit is left");
    }

    function test_an_order_is_spent_once() public {
        cashout(callOf(0));
        expectRefusal(NonceUsed.selector, uint160(payee(0)), 7);
        cashout(callOf(0));
        CashoutCall memory other = callOf(1);
        cashout(other);
        assertEq(target.balance, 5.8 ether, "the same nonce of another account is another nonce");
    }

    function test_every_field_of_an_order_is_signed() public {
        for (uint256 i = 0; i < 7; ++i) {
            CashoutCall memory call = callOf(0);
            Cashout memory order = call.cashout;
            if (i == 0) order.account = payee(1);
            if (i == 1) order.to = relayer;
            if (i == 2) order.token = address(1);
            if (i == 3) order.maxFee = 1 ether;
            if (i == 4) order.minOut = 0;
            if (i == 5) order.nonce = 8;
            if (i == 6) order.deadline += 1;
            expectRefusal(WrongSigner.selector, uint160(order.account), uint256(Signing.hash(order)));
            cashout(call);
        }
    }

    function test_an_order_has_its_time() public {
        CashoutCall memory call = callOf(0);
        uint256 deadline = call.cashout.deadline;
        vm.warp(deadline);
        expectRefusal(TooLate.selector, deadline, deadline);
        cashout(call);
        vm.warp(deadline - 1);
        cashout(call);
        assertEq(target.balance, 2.9 ether, "in the last second");
    }

    function test_a_relayer_takes_no_more_than_the_highest_fee() public {
        CashoutCall memory call = callOf(0);
        call.fee += 1;
        expectRefusal(FeeTooHigh.selector, 0.1 ether + 1, 0.1 ether);
        cashout(call);
        call.fee = 0;
        cashout(call);
        assertEq(target.balance, 3 ether, "it may take less");
        assertEq(relayer.balance, 0, "or nothing");
    }

    function test_a_leaf_of_another_account_or_token_is_refused() public {
        CashoutCall memory call = callOf(0);
        call.leaves[1] = leafAt(2);
        expectRefusal(WrongAccount.selector, uint160(payee(1)), uint160(payee(0)));
        cashout(call);
        Cashout memory order = orderOf(0);
        order.token = address(0x70CE);
        CashoutCall memory inToken = signed(order, payeeKey(0));
        inToken.leaves = callOf(0).leaves;
        expectRefusal(WrongToken.selector, 0, 0x70CE);
        cashout(inToken);
    }

    function test_an_account_may_be_a_contract() public {
        address[] memory owners = new address[](1);
        owners[0] = vm.addr(0xA1);
        Wallet wallet = new Wallet(owners, 1);
        Statement memory statement = statementOf(jobId, 0);
        Leaf memory leaf = Leaf(address(wallet), 1 ether, 1 ether, 0);
        (statement.epoch, statement.total, statement.root) = (1, 1 ether, Trees.hash(leaf));
        post(statement);
        vm.warp(block.timestamp + 1 hours);
        Cashout memory order = orderOf(0);
        (order.account, order.minOut) = (address(wallet), 1 ether);
        CashoutCall memory call = signed(order, 0xBAD);
        expectRefusal(WrongSigner.selector, uint160(address(wallet)), uint256(Signing.hash(order)));
        cashout(call);
        call = signed(order, 0xA1);
        call.leaves = listOf(ProvenLeaf(jobId, 1, leaf, ""));
        cashout(call);
        assertEq(target.balance, 1 ether, "its owner has signed");
    }

    function test_many_orders_to_one_address_are_paid_in_one_sum() public {
        CashoutCall[] memory calls = new CashoutCall[](2);
        (calls[0], calls[1]) = (callOf(0), callOf(1));
        vm.prank(relayer);
        escrow.cashoutMany(calls);
        assertEq(target.balance, 5.8 ether, "target");
        assertEq(relayer.balance, 0.2 ether, "both fees");
        expectRefusal(NonceUsed.selector, uint160(payee(0)), 7);
        escrow.cashoutMany(calls);
    }

    function test_many_orders_share_address_and_token() public {
        CashoutCall[] memory calls = new CashoutCall[](2);
        Cashout memory order = orderOf(1);
        order.to = relayer;
        (calls[0], calls[1]) = (callOf(0), signed(order, payeeKey(1)));
        expectRefusal(WrongAccount.selector, uint160(relayer), uint160(target));
        escrow.cashoutMany(calls);
        (order.to, order.token) = (target, address(0x70CE));
        calls[1] = signed(order, payeeKey(1));
        expectRefusal(WrongToken.selector, 0x70CE, 0);
        escrow.cashoutMany(calls);
    }

    function test_each_of_many_orders_keeps_its_own_limits() public {
        CashoutCall[] memory calls = new CashoutCall[](2);
        (calls[0], calls[1]) = (callOf(0), callOf(1));
        (calls[0].fee, calls[1].fee) = (0, 0.2 ether);
        expectRefusal(FeeTooHigh.selector, 0.2 ether, 0.1 ether);
        escrow.cashoutMany(calls);
        (calls[0].leaves, calls[1].fee) = (new ProvenLeaf[](0), 0);
        expectRefusal(TooLittle.selector, 0, 2.9 ether);
        escrow.cashoutMany(calls);
    }

    function test_a_target_that_refuses_keeps_the_order_unspent() public {
        vm.etch(target, address(new Refuser()).code);
        expectRefusal(PayRefused.selector, uint160(target), 2.9 ether);
        cashout(callOf(0));
        assertTrue(!escrow.isNonceUsed(payee(0), 7) && !escrow.isClaimed(jobId, 0, 0), "nothing happened");
    }
}
