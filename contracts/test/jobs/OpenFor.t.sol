// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {EscrowTest} from "../EscrowTest.sol";
import {IEscrow} from "../../src/IEscrow.sol";
import {Reader} from "../Reader.sol";
import {SignedToken} from "../Tokens.sol";
import {Signing} from "../Signing.sol";

contract OpenForTest is EscrowTest {
    using Reader for IEscrow;
    using Signing for IEscrow;

    uint256 private constant APPROVED = 0;
    uint256 private constant PERMITTED = 1;
    uint256 private constant AUTHORIZED = 2;
    bytes32 private constant PERMIT =
        keccak256("Permit(address owner,address spender,uint256 value,uint256 nonce,uint256 deadline)");
    bytes32 private constant RECEIVE = keccak256(
        "ReceiveWithAuthorization(address from,address to,uint256 value,uint256 validAfter,uint256 validBefore,bytes32 nonce)"
    );

    SignedToken private token;

    function setUp() public override {
        super.setUp();
        token = new SignedToken();
        token.mint(publisher, BUDGET + BOND);
    }

    function signedOpening(address inToken, uint256 draw) private view returns (SignedOpening memory signed) {
        signed.opening = opening();
        signed.opening.token = inToken;
        (signed.contact, signed.deadline, signed.draw) = ("contact", START + 1 hours, draw);
        signed.signature = sign(PUBLISHER_KEY, Signing.hash(signed));
        bytes memory words = draw == PERMITTED
            ? abi.encode(PERMIT, publisher, escrow, BUDGET + BOND, token.nonces(publisher), signed.deadline)
            : abi.encode(RECEIVE, publisher, escrow, BUDGET + BOND, 0, signed.deadline, escrow.idOf(signed.opening));
        bytes32 digest = keccak256(bytes.concat(hex"1901", token.DOMAIN_SEPARATOR(), keccak256(words)));
        if (draw != APPROVED) (signed.v, signed.r, signed.s) = vm.sign(PUBLISHER_KEY, digest);
    }

    function openFor(SignedOpening memory signed) private returns (bytes32) {
        vm.prank(stranger);
        return escrow.openFor(signed);
    }

    function checkOpened(SignedOpening memory signed, bytes32 jobId) private view {
        assertEq(jobId, escrow.idOf(signed.opening), "id");
        assertEq(escrow.job(jobId).budget, BUDGET, "budget");
        assertEq(token.balanceOf(address(escrow)), BUDGET + BOND, "drawn");
        assertEq(token.balanceOf(publisher), 0, "from the publisher");
    }

    function test_a_publisher_signs_and_a_stranger_opens_with_an_erc2612_permit() public {
        SignedOpening memory signed = signedOpening(address(token), PERMITTED);
        vm.expectEmit(address(escrow));
        emit JobOpened(escrow.idOf(signed.opening), publisher, signed.opening, BUDGET);
        vm.expectEmit(address(escrow));
        emit ContactGiven(escrow.idOf(signed.opening), "contact");
        checkOpened(signed, openFor(signed));
        assertEq(token.allowance(publisher, address(escrow)), 0, "no allowance is left");
    }

    function test_a_permit_that_somebody_has_spent_before_opens_all_the_same() public {
        SignedOpening memory signed = signedOpening(address(token), PERMITTED);
        vm.prank(stranger);
        token.permit(publisher, address(escrow), BUDGET + BOND, signed.deadline, signed.v, signed.r, signed.s);
        checkOpened(signed, openFor(signed));
    }

    function test_a_wrong_permit_draws_nothing() public {
        SignedOpening memory signed = signedOpening(address(token), PERMITTED);
        signed.s = bytes32(uint256(signed.s) ^ 1);
        vm.expectRevert(
            abi.encodeWithSignature(
                "ERC20InsufficientAllowance(address,uint256,uint256)", address(escrow), 0, BUDGET + BOND
            )
        );
        openFor(signed);
    }

    function test_an_erc3009_authorization_names_the_job_in_its_nonce() public {
        SignedOpening memory signed = signedOpening(address(token), AUTHORIZED);
        bytes32 jobId = escrow.idOf(signed.opening);
        checkOpened(signed, openFor(signed));
        assertTrue(token.authorizationState(publisher, jobId), "the job's id was the nonce");
    }

    function test_nobody_but_the_escrow_spends_the_authorization() public {
        SignedOpening memory signed = signedOpening(address(token), AUTHORIZED);
        bytes32 jobId = escrow.idOf(signed.opening);
        vm.prank(stranger);
        (bool isSpent,) = address(token)
            .call(
                abi.encodeWithSignature(
                    "receiveWithAuthorization(address,address,uint256,uint256,uint256,bytes32,uint8,bytes32,bytes32)",
                    publisher,
                    address(escrow),
                    BUDGET + BOND,
                    0,
                    signed.deadline,
                    jobId,
                    signed.v,
                    signed.r,
                    signed.s
                )
            );
        assertTrue(!isSpent, "only the payee may");
        checkOpened(signed, openFor(signed));
    }

    function test_an_authorization_for_another_job_draws_nothing() public {
        SignedOpening memory signed = signedOpening(address(token), AUTHORIZED);
        signed.opening.manifest = "other";
        signed.signature = sign(PUBLISHER_KEY, Signing.hash(signed));
        (bool isOpened,) = address(escrow).call(abi.encodeCall(IEscrow.openFor, (signed)));
        assertTrue(!isOpened, "refused by the token");
        assertEq(token.balanceOf(publisher), BUDGET + BOND, "untouched");
    }

    function test_an_approval_from_before_is_drawn_too() public {
        vm.prank(publisher);
        token.approve(address(escrow), BUDGET + BOND);
        SignedOpening memory signed = signedOpening(address(token), APPROVED);
        checkOpened(signed, openFor(signed));
    }

    function test_coins_are_a_gift_of_the_caller_and_come_back_to_the_publisher() public {
        SignedOpening memory signed = signedOpening(address(0), APPROVED);
        vm.deal(stranger, BUDGET + BOND);
        expectRefusal(WrongDeposit.selector, BUDGET, BUDGET + BOND);
        vm.prank(stranger);
        escrow.openFor{value: BUDGET}(signed);
        vm.prank(stranger);
        escrow.openFor{value: BUDGET + BOND}(signed);
        vm.prank(publisher);
        escrow.beginClose(signed.opening);
        vm.warp(START + 2 days);
        uint256 before = publisher.balance;
        escrow.close(signed.opening);
        assertEq(publisher.balance - before, BUDGET + BOND, "back to the publisher");
    }

    function test_no_coins_go_with_a_token() public {
        SignedOpening memory signed = signedOpening(address(token), PERMITTED);
        vm.deal(stranger, 1);
        expectRefusal(WrongDeposit.selector, 1, 0);
        vm.prank(stranger);
        escrow.openFor{value: 1}(signed);
    }

    function test_an_opening_has_its_time() public {
        SignedOpening memory signed = signedOpening(address(token), PERMITTED);
        vm.warp(START + 1 hours);
        expectRefusal(TooLate.selector, START + 1 hours, START + 1 hours);
        openFor(signed);
        vm.warp(START + 1 hours - 1);
        checkOpened(signed, openFor(signed));
    }

    function test_an_opening_is_signed_by_its_publisher_and_opened_once() public {
        vm.prank(publisher);
        token.approve(address(escrow), type(uint256).max);
        SignedOpening memory signed = signedOpening(address(token), APPROVED);
        bytes memory signature = signed.signature;
        signed.signature = sign(SETTLER_KEY, Signing.hash(signed));
        expectRefusal(WrongSigner.selector, uint160(publisher), uint256(Signing.hash(signed)));
        openFor(signed);
        signed.signature = signature;
        bytes32 jobId = openFor(signed);
        token.mint(publisher, BUDGET + BOND);
        expectRefusal(JobExists.selector, uint256(jobId), 1);
        openFor(signed);
        assertEq(token.balanceOf(publisher), BUDGET + BOND, "drawn once");
    }
}
